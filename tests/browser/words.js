// Returns what a reader would see as a fault of the layout, a line each: a word broken over two lines, a word outside
// its box or the screen, a label of a drawing that is cut off, too wide for its shape or over another label.
() => {
  const faults = new Set();
  const screen = { left: 0, right: document.documentElement.clientWidth };
  const within = (inner, outer, slack) => inner.left >= outer.left - slack && inner.right <= outer.right + slack;
  // What only screen readers get is clipped away; what scrolls sideways is reached by scrolling.
  const isSeen = (element) => {
    if (!element.checkVisibility({ visibilityProperty: true })) return false;
    for (let each = element; each; each = each.parentElement)
      if (getComputedStyle(each).clipPath !== "none") return false;
    return true;
  };
  const scrolls = (element) => element && (/auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  const blockOf = (element) => getComputedStyle(element).display === "inline" ? blockOf(element.parentElement) : element;

  const judgeWord = (node, start, word) => {
    const range = document.createRange();
    range.setStart(node, start);
    range.setEnd(node, start + word.length);
    const parts = [...range.getClientRects()].filter((part) => part.width);
    const block = blockOf(node.parentElement), box = block.getBoundingClientRect();
    const where = `${word} in <${block.localName} class="${block.className}">`;
    if (new Set(parts.map((part) => Math.round(part.top))).size > 1) faults.add(`broken: ${where}`);
    if (scrolls(block)) return;
    if (parts.some((part) => !within(part, screen, 1))) faults.add(`off the screen: ${where}`);
    else if (parts.some((part) => !within(part, box, 1.5))) faults.add(`out of its box: ${where}`);
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (parent.closest("script, style, title, option, textarea, svg, .skip") || !isSeen(parent)) continue;
    for (const run of node.data.matchAll(/\S+/g)) {
      if (/[@/]/.test(run[0])) continue; // addresses may break anywhere
      for (const word of run[0].matchAll(/[\p{L}\p{N}'’]+/gu)) judgeWord(node, run.index + word.index, word[0]);
    }
  }

  const judgeLabel = (text, svg, others) => {
    const box = text.getBoundingClientRect(), label = text.textContent;
    const middle = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const edge = getComputedStyle(svg).overflow === "visible" ? screen : svg.getBoundingClientRect();
    if (!within(box, edge, 0.5)) faults.add(`cut off: ${label}`);
    const shapes = [...svg.querySelectorAll("rect")].map((rect) => rect.getBoundingClientRect()).filter(
      (rect) => within({ left: middle[0], right: middle[0] }, rect, 0) && rect.top <= middle[1] && middle[1] <= rect.bottom);
    const widest = shapes.sort((a, b) => b.width - a.width)[0];
    if (widest && !within(box, widest, 0)) faults.add(`wider than its shape: ${label}`);
    for (const other of others.map((each) => each.getBoundingClientRect()))
      if (box.left < other.right - 1 && other.left < box.right - 1 && box.top < other.bottom - 3 && other.top < box.bottom - 3)
        faults.add(`over another label: ${label}`);
  };
  for (const svg of document.querySelectorAll("svg")) {
    const labels = isSeen(svg) ? [...svg.querySelectorAll("text")] : [];
    labels.forEach((text, n) => judgeLabel(text, svg, labels.slice(n + 1)));
  }
  if (document.documentElement.scrollWidth > screen.right) faults.add("the page scrolls sideways");
  return [...faults];
}
