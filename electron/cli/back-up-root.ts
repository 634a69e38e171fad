/** Said wherever a root key was made: a root key that is lost cannot be mended. Command line. */
export const backUpRoot =
  'A root key was made. Back it up before anything else: trustdesk backup write PLACE PLACE, and check both copies.\n';
