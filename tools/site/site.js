// A formula or a table wider than its place can be scrolled with the keyboard too.
addEventListener("load", async () => {
  if (window.MathJax && MathJax.startup) await MathJax.startup.promise;
  const look = () => {
    for (const one of document.querySelectorAll('mjx-container[display="true"], .cell_output, .cell_output pre, pre'))
      if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
  };
  look();
  addEventListener("resize", look);
});
