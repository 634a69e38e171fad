#!/usr/bin/env node
/** What `trustdesk` starts: loads the command line and runs it. Plain Node; nothing else may be imported here. */
import { loadProgram } from './program-file.ts';

void loadProgram(import.meta.dirname).program.main();
