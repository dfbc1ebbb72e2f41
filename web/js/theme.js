// Before the first paint, so that a page in dark never flashes in light. No module: those wait.
try {
  const theme = localStorage.getItem("tailrace.theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing still works.
}
