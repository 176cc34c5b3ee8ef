// What the theme leaves out: the search has a name, and wide tables can be scrolled by the keyboard.
function readable() {
  document.querySelectorAll(".md-search").forEach((search) => search.setAttribute("aria-label", "Search"));
  document.querySelectorAll(".md-typeset__scrollwrap, .md-typeset pre > code").forEach((box) => {
    if (!box.hasAttribute("tabindex")) box.tabIndex = 0;
  });
}
readable();
new MutationObserver(readable).observe(document.body, { childList: true, subtree: true });
