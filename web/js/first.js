// Before all else. No module: those wait, and one that does not come takes all others with it.
{
  const LATE_MS = 15_000;
  const { dataset } = document.documentElement;

  // The theme before the first paint, so that a page in dark never flashes in light.
  try {
    const theme = localStorage.getItem("tailrace.theme");
    if (theme) dataset.theme = theme;
  } catch {
    // A browser that keeps nothing still works.
  }

  /** Until the page has come, say that it has not. */
  const tell = () => {
    const late = document.getElementById("late");
    if (late) late.hidden = false;
  };

  /** A part of the page was cut on its way: fetch it all again, the second time less soon. */
  const fetchAgain = () => {
    tell();
    const [visit] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
    setTimeout(() => location.reload(), visit.type === "reload" ? 10_000 : 2_000);
  };

  setTimeout(tell, LATE_MS);
  addEventListener(
    "error",
    ({ target }) => {
      const part = target instanceof Element && target.matches("script, link[rel=stylesheet]");
      if (part && !("came" in dataset)) fetchAgain();
    },
    { capture: true },
  );
  addEventListener("load", () => {
    if (!document.getElementById("said")) fetchAgain();
  });
}
