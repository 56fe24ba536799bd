/** Sets variables of the environment, from `values`, before each test of the surrounding `describe`, and sets them back after it. */
export function environment(values: () => Readonly<Record<string, string>>): void {
  let before: Readonly<Record<string, string | undefined>> = {};
  beforeEach(() => {
    const wanted = values();
    before = Object.fromEntries(Object.keys(wanted).map((name) => [name, process.env[name]]));
    Object.assign(process.env, wanted);
  });
  afterEach(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}
