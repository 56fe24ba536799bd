/** A question that keeps the demo model busy for seconds: every video is decoded and encoded before it is answered. */
export const SLOW_QUESTION = "What is in all of these?";

export const SLOW_CELL = [
  ...["flash-in-the-middle", "star-moves", "move-and-turn", "two-arrive", "circle-turns", "square-vanishes"].map(
    (name) => `%video samples/${name}.mp4 frames=8`,
  ),
  SLOW_QUESTION,
].join("\n");
