/** How far away from what is seen an element is near, where the page may know: a frame of another origin knows only what is seen. */
const MARGIN = "400px";

type Callback = (widthPx: number) => void;

const waiting = new WeakMap<Element, Callback>();
let observer: IntersectionObserver | undefined;

/** Calls back once `element` is near what is seen, with its width, which the browser knows by then. Gives what cancels it. */
export function whenNear(element: Element, callback: Callback): () => void {
  observer ??= new IntersectionObserver(notify, { rootMargin: MARGIN });
  waiting.set(element, callback);
  observer.observe(element);
  return () => forget(element);
}

function notify(entries: readonly IntersectionObserverEntry[]): void {
  for (const { target, isIntersecting, boundingClientRect } of entries) {
    if (!isIntersecting) continue;
    const callback = waiting.get(target);
    forget(target);
    callback?.(boundingClientRect.width);
  }
}

function forget(element: Element): void {
  waiting.delete(element);
  observer?.unobserve(element);
}
