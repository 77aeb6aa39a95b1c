// On a narrow screen the axis begins where the first call is; without this it begins at its start.
for (const box of document.querySelectorAll(".box")) {
  const first = box.querySelector(".chart .press, .chart .alert");
  if (!first || box.scrollWidth <= box.clientWidth) continue;
  const names = box.querySelector(".names").getBoundingClientRect().right;
  box.scrollLeft += first.getBoundingClientRect().left - names - 24;
}
