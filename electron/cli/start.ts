#!/usr/bin/env node
/** What `trustdesk` starts: loads the command line and runs it. Plain Node; nothing else may be imported here. */
import { loadProgram, programFor } from './program-file.ts';

void loadProgram(import.meta.dirname, programFor(process.argv.slice(2)), require).program.main();
