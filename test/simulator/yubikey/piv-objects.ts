/** Data objects: certificates and what else hosts keep on the card. Part of the software YubiKey; pure. */
import { done, refuse, sw, type Answer, type Command } from './apdu.ts';
import { mustManage, type PivState } from './piv-state.ts';
import { discoveryObject, privateObjects } from './slots.ts';
import { parseTlvMap, tlv, unwrap } from './tlv.ts';

const TAG_LIST = 0x5c;
const CONTENT = 0x53;
/** What one object holds at most on a real key. */
const LARGEST_OBJECT = 3052;
/** The applet's ID and "a PIN is used, no global one". */
const discovery = Buffer.from('7e124f0ba0000003080000100001005f2f024000', 'hex');

function mustBeAnywhere(command: Command): void {
  if (command.p1 !== 0x3f || command.p2 !== 0xff) refuse(sw.wrongParameters);
}

export function getData(state: PivState, command: Command): Answer {
  mustBeAnywhere(command);
  const id = unwrap(command.data, TAG_LIST).toString('hex');
  if (id === discoveryObject) return done(discovery);
  if (privateObjects.has(id) && !state.session.pinVerified) refuse(sw.securityStatus);
  return done(tlv(CONTENT, state.objects.get(id) ?? refuse(sw.notFound)));
}

/** An empty object is one that is not there. */
export function putData(state: PivState, command: Command): Answer {
  mustManage(state);
  mustBeAnywhere(command);
  const fields = parseTlvMap(command.data);
  const [id, content] = [fields.get(TAG_LIST), fields.get(CONTENT)];
  if (id?.length !== 3 || content === undefined) return refuse(sw.wrongData);
  if (content.length > LARGEST_OBJECT) refuse(sw.noSpace);
  if (content.length === 0) state.objects.delete(id.toString('hex'));
  else state.objects.set(id.toString('hex'), Buffer.from(content));
  return done();
}
