// <time datetime data-relative> in the reader's own zone: how long ago within a week, the day before that.
(() => {
  const ago = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const words = (at, timeStyle) => at.toLocaleString("en-GB", { dateStyle: "medium", timeStyle });
  const relative = (at) => {
    const minutes = Math.trunc((at - Date.now()) / 60_000);
    const [unit, size] = [["day", 1440], ["hour", 60], ["minute", 1]].find(([, size]) => Math.abs(minutes) >= size) ?? [];
    return Math.abs(minutes) >= 7 * 1440 ? words(at) : unit ? ago.format(Math.trunc(minutes / size), unit) : "just now";
  };
  const tell = () => {
    for (const time of document.querySelectorAll("time[data-relative]")) {
      const at = new Date(time.dateTime);
      time.title = words(at, "short");
      if (time.textContent !== relative(at)) time.textContent = relative(at);
    }
  };
  new MutationObserver(tell).observe(document.body, { childList: true, subtree: true });
  setInterval(tell, 30_000);
  tell();
})();
