// Names what moves on the page for longer than somebody who asked for less motion would bear.
() => {
  const A_BLINK_MS = 100;
  return document
    .getAnimations()
    .filter((each) => each.playState === "running" && each.effect.getComputedTiming().endTime > A_BLINK_MS)
    .map((each) => `${each.animationName ?? each.transitionProperty} on ${each.effect.target.className}`);
}
