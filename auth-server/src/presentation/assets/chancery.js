// Comfort only: every page works without this file.
"use strict";

// A response on its way to the application (OAuth 2.0 Form Post Response Mode).
for (const form of document.querySelectorAll("form[data-submit]")) {
  form.submit();
}

// After logout: go on once every application was told, or after three seconds.
for (const link of document.querySelectorAll("a[data-follow]")) {
  const go = () => window.location.replace(link.href);
  window.addEventListener("load", go);
  window.setTimeout(go, 3000);
}
