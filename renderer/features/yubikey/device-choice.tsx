/** Which of several tokens is looked at. */
import { Usb } from 'lucide-react';
import type { TokenDeviceView } from '../../../shared/ipc/yubikey.ts';
import { deviceTitle } from './yubikey-words.ts';

interface DeviceChoiceProps {
  readonly devices: readonly TokenDeviceView[];
  readonly chosen: string;
  readonly onChoose: (serial: string) => void;
}

export function DeviceChoice({ devices, chosen, onChoose }: DeviceChoiceProps) {
  return (
    <fieldset className="fieldset device-choice">
      <legend className="visually-hidden">Token</legend>
      {devices.map((device) => (
        <label key={device.serial} className="device-tab" data-chosen={device.serial === chosen}>
          <input
            type="radio"
            name="device"
            className="visually-hidden"
            checked={device.serial === chosen}
            onChange={() => onChoose(device.serial)}
          />
          <Usb className="icon" size={15} aria-hidden />
          <span className="truncate">{deviceTitle(device)}</span>
          <span className="muted mono">{device.serial}</span>
        </label>
      ))}
    </fieldset>
  );
}
