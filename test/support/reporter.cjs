// mocha's dot reporter, and after it one last line that any tool can read: "N passed, N failed".
const { reporters } = require("mocha");

module.exports = class Summary extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      const skipped = pending > 0 ? `, ${pending} skipped` : "";
      process.stdout.write(`\n${passes} passed, ${failures} failed${skipped}\n`);
    });
  }
};
