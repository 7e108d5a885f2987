// The pages are Markdown that Git hosts render as well. This adds what those do and the site's renderer does not.
document.addEventListener("DOMContentLoaded", () => {
  // Headings get the anchors that a Git host gives them.
  for (const heading of document.querySelectorAll("main :is(h1, h2, h3, h4)")) {
    heading.id = heading.textContent.trim().toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
  }
  // Files outside of the guide are not part of the site.
  const root = new URL(document.querySelector("link[rel=stylesheet]").href.replace(/css\/[^/]*$/, ""));
  for (const link of document.querySelectorAll("main a[href]")) {
    if (link.protocol === root.protocol && link.host === root.host && !link.href.startsWith(root.href)) {
      link.removeAttribute("href");
    }
  }
  if (location.hash) {
    document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  }
});
