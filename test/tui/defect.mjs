// Loaded before the program by the tests of crashes: a signal makes it throw where nobody catches, as a defect would.
process.on('SIGUSR2', () => {
  if (process.env.PROBELAB_DEFECT === 'rejection') Promise.reject(new TypeError('a defect of ours'));
  else throw new TypeError('a defect of ours');
});
