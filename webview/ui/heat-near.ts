/** How far away from what is seen an element is near. */
const MARGIN = "400px";

/** Knows which of the elements that it watches are near what is seen. */
export class NearElements {
  readonly #near = new Set<Element>();
  readonly #observer: IntersectionObserver;

  /** `onNear` is told of every element that comes near. */
  constructor(onNear: (element: Element) => void) {
    this.#observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (!isIntersecting) this.#near.delete(target);
          else if (!this.#near.has(target)) {
            this.#near.add(target);
            onNear(target);
          }
        }
      },
      { rootMargin: MARGIN },
    );
  }

  watch(element: Element): void {
    this.#observer.observe(element);
  }

  forget(element: Element): void {
    this.#observer.unobserve(element);
    this.#near.delete(element);
  }

  has(element: Element): boolean {
    return this.#near.has(element);
  }
}
