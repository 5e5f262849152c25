/** Progress goes to standard error: standard output belongs to the program that is being started. */
export function say(line) {
  process.stderr.write(`varve: ${line}\n`);
}

/** Says why it cannot go on, and ends this process. */
export function giveUp(reason) {
  say(reason);
  process.exit(1);
}

export function seconds(sinceMs) {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
}
