// Numbers everything on the page that can be used, and answers for each press of Tab which number has the focus
// and whether that can be seen.
() => {
  const USABLE = "a[href], button, summary, select, textarea, input:not([type=hidden]), [tabindex]:not([tabindex='-1'])";
  const CLICKED = "[onclick], [role=button]:not(button), [role=link]:not(a)";
  const look = (element) => {
    const style = getComputedStyle(element);
    return ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderColor", "backgroundColor", "textDecorationLine"]
      .map((each) => style[each])
      .join("|");
  };
  const all = [...document.querySelectorAll(USABLE)].filter(
    (element) => !element.disabled && element.checkVisibility({ visibilityProperty: true }),
  );
  const name = (element) => `${element.localName} «${(element.innerText || element.name || "").trim().slice(0, 40)}»`;
  // Of the buttons of one choice Tab finds one, the arrows find the others.
  const oneChoice = (element) => (element.type === "radio" ? `radio ${element.name}` : null);
  document.activeElement?.blur();
  const resting = all.map(look);
  const names = all.map(name);
  window.__reached = {
    names,
    choices: all.map(oneChoice),
    mice: [...document.querySelectorAll(CLICKED)].map(name),
    now: () => {
      const number = all.indexOf(document.activeElement);
      if (number < 0) return { number, visible: true };
      const box = document.activeElement.getBoundingClientRect();
      const middle = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      const hidden = middle !== null && !document.activeElement.contains(middle) && !middle.contains(document.activeElement)
        && ![...(document.activeElement.labels ?? [])].some((label) => label.contains(middle));
      return { number, visible: look(document.activeElement) !== resting[number], hidden };
    },
  };
  return { names, mice: window.__reached.mice, choices: window.__reached.choices };
}
