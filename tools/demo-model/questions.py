"""Asks about a scene whatever it can answer for certain."""
from collections import Counter
from typing import NamedTuple

from phrases import NUMBERS, mistype, pick, plural, say
from scenes import CANVAS, COLOR_NAMES, SHAPES

EVENT_ACTS = ["move", "turn", "appear", "disappear", "flash"]
OPPOSITE = {"left": "right", "right": "left", "above": "below", "below": "above"}


class Question(NamedTuple):
    text: str
    answer: str
    type: str           # the key by which accuracy is counted


def questions(rng, scene, typos=0.0):
    """Every question that the scene can answer, in random order; `typos`: the share with a typing error."""
    asked = image_questions(rng, scene) if scene.kind == "image" else video_questions(rng, scene)
    if typos:
        asked = [q._replace(text=mistype(rng, q.text)) if rng.random() < typos else q for q in asked]
    return [asked[i] for i in rng.permutation(len(asked))]


def ask(rng, kind, answer, phrase=None, **words):
    """A question of type `kind`, in one of the wordings of `phrase` (of `kind`, if not given)."""
    return Question(say(rng, phrase or kind, **words), answer, kind)


def yes_no(truth):
    return "yes" if truth else "no"


# ---------------------------------------------------------------------------------------------------- pictures


def image_questions(rng, scene):
    figures = scene.figures
    return (property_questions(rng, figures) + count_questions(rng, figures) + exist_questions(rng, figures)
            + relation_questions(rng, figures) + place_questions(rng, figures) + describe_questions(rng, figures))


def property_questions(rng, figures):
    """The colour of each shape that occurs once, and the shape of each colour that occurs once."""
    shapes, colors = Counter(f.shape for f in figures), Counter(f.color for f in figures)
    asked = [ask(rng, "color", f.color, shape=f.shape) for f in figures if shapes[f.shape] == 1]
    return asked + [ask(rng, "shape", f.shape, color=f.color) for f in figures if colors[f.color] == 1]


def count_questions(rng, figures):
    count_all = ask(rng, "count", NUMBERS[len(figures)])
    color = pick(rng, figures).color if rng.random() < .85 else pick(rng, COLOR_NAMES)
    shape = pick(rng, figures).shape if rng.random() < .85 else pick(rng, SHAPES)
    with_color, with_shape = sum(f.color == color for f in figures), sum(f.shape == shape for f in figures)
    return [count_all, ask(rng, "count_color", NUMBERS[with_color], color=color),
            ask(rng, "count_shape", NUMBERS[with_shape], shapes=plural(shape))]


def exist_questions(rng, figures):
    asked = [exist_question(rng, figures, pick(rng, ["picture", "image"])) for _ in range(2)]
    return [q for q in asked if q]


def exist_question(rng, figures, medium):
    """Is there such a shape, colour or both?  Half the answers are yes; None where no such question was found."""
    wanted = rng.random() < .5
    about = ["shape", "color", "both"][int(rng.integers(3))]
    present = [(f.color, f.shape) for f in figures]
    colors, shapes = zip(*present)
    for _ in range(30):
        if wanted:
            color, shape = pick(rng, present)
        else:
            color, shape = pick(rng, COLOR_NAMES), pick(rng, SHAPES)
            if about == "both" and rng.random() < .7:   # half of it is there: the hard case
                if rng.random() < .5:
                    color = pick(rng, present)[0]
                else:
                    shape = pick(rng, present)[1]
        anything = pick(rng, ["shape", "thing", "object"])
        thing = {"shape": shape, "color": f"{color} {anything}", "both": f"{color} {shape}"}[about]
        truth = {"shape": shape in shapes, "color": color in colors, "both": (color, shape) in present}[about]
        if truth == wanted:
            return ask(rng, "exist", yes_no(wanted), thing=thing, medium=medium)
    return None


def relation_questions(rng, figures):
    """Up to three questions on how one figure lies to another, where that is clear."""
    asked = []
    for _ in range(3 if len(figures) > 1 else 0):
        i, j = rng.permutation(len(figures))[:2]
        a, b = refer(rng, figures[i], figures), refer(rng, figures[j], figures)
        side = relation(figures[i], figures[j])
        if not (a and b and side):
            continue
        if rng.random() < .6:
            asked.append(ask(rng, "relpos", side, a=a, b=b))
        else:
            truth = rng.random() < .5
            said = side if truth else OPPOSITE[side]
            preposition = f"{said} of" if said in ("left", "right") else said
            asked.append(ask(rng, "relyn", yes_no(truth), a=a, b=b, relation=preposition))
    return asked


def relation(a, b):
    """left, right, above or below: where a lies, seen from b; None where neither direction clearly dominates."""
    (ax, ay), (bx, by) = a.position(0.0), b.position(0.0)
    dx, dy = ax - bx, ay - by
    if abs(dx) > 1.6 * abs(dy) and abs(dx) > 40:
        return "left" if dx < 0 else "right"
    if abs(dy) > 1.6 * abs(dx) and abs(dy) > 40:
        return "above" if dy < 0 else "below"
    return None


def place_questions(rng, figures):
    asked = []
    for figure in figures:
        name, place = refer(rng, figure, figures), region(figure)
        if name and place and rng.random() < .7:
            asked.append(ask(rng, "where", place, a=name))
    return asked


def region(figure):
    """The corner the figure lies in, or center; None where that would be unclear."""
    x, y = (v / CANVAS for v in figure.position(0.0))
    if abs(x - .5) < .1 and abs(y - .5) < .1:
        return "center"
    if min(abs(x - .5), abs(y - .5)) > .12:
        return ("top " if y < .5 else "bottom ") + ("left" if x < .5 else "right")
    return None


def describe_questions(rng, figures):
    """All figures from left to right, where that order is clear."""
    ordered = sorted(figures, key=lambda figure: figure.position(0.0)[0])
    xs = [figure.position(0.0)[0] for figure in ordered]
    if any(right - left <= 14 for left, right in zip(xs, xs[1:])):
        return []
    return [ask(rng, "describe", ", ".join(f"{f.color} {f.shape}" for f in ordered))]


def refer(rng, figure, figures):
    """A name for the figure that fits no other ("star", "red one", "red star"), or None."""
    names = []
    if sum(f.shape == figure.shape for f in figures) == 1:
        names += [figure.shape] * 2
    if figure.act != "turn":                            # a colour that changes is no name
        color = figure.color
        if sum(color in (f.color, f.new_color) for f in figures) == 1:
            names.append(pick(rng, [f"{color} shape", f"{color} thing", f"{color} one"]))
        if sum((f.shape, f.color) == (figure.shape, color) for f in figures) == 1:
            names.append(f"{color} {figure.shape}")
    return pick(rng, names) if names else None


# ---------------------------------------------------------------------------------------------------- clips


def video_questions(rng, scene):
    figures = scene.figures
    by_act = {act: [f for f in figures if f.act == act] for act in [*EVENT_ACTS, "still"]}
    by_act["appear"].sort(key=lambda figure: figure.begins)
    return (move_questions(rng, figures, by_act) + turn_questions(rng, by_act) + arrival_questions(rng, by_act)
            + vanish_questions(rng, by_act) + flash_questions(rng, by_act) + visible_questions(rng, figures)
            + look_questions(rng, figures, by_act) + happens_questions(rng, by_act))


def move_questions(rng, figures, by_act):
    moving, still, asked = by_act["move"], by_act["still"], []
    for figure in moving:
        for _ in range(2):
            asked.append(ask(rng, "direction", figure.direction, a=refer(rng, figure, figures)))
    if len(moving) == 1:
        asked.append(ask(rng, "moves", moving[0].shape))
    if moving and still:
        figure = moving[0] if rng.random() < .5 else still[0]
        asked.append(ask(rng, "movesyn", yes_no(figure.act == "move"), a=refer(rng, figure, figures)))
    return asked


def turn_questions(rng, by_act):
    asked = []
    for figure in by_act["turn"]:
        asked += [ask(rng, "turns", figure.new_color, shape=figure.shape),
                  ask(rng, "turns", figure.new_color, shape=figure.shape),
                  ask(rng, "startcolor", figure.color, shape=figure.shape),
                  ask(rng, "changes", figure.shape)]
    return asked


def arrival_questions(rng, by_act):
    arriving, asked = by_act["appear"], []
    if len(arriving) == 1 and not by_act["flash"]:
        asked.append(ask(rng, "appears", arriving[0].shape))
    if len(arriving) == 2:
        for _ in range(2):
            asked.append(ask(rng, "order", arriving[0].shape, "first"))
            asked.append(ask(rng, "order", arriving[1].shape, "last"))
    return asked


def vanish_questions(rng, by_act):
    """None beside a flash, whose end is a disappearance too."""
    vanishing, asked = by_act["disappear"], []
    if by_act["flash"]:
        return asked
    if len(vanishing) == 1:
        asked.append(ask(rng, "vanishes", vanishing[0].shape))
    if rng.random() < (.9 if vanishing else .35):
        asked.append(ask(rng, "vanishyn", yes_no(vanishing)))
    return asked


def flash_questions(rng, by_act):
    asked = []
    for figure in by_act["flash"]:
        asked += [ask(rng, "flash", figure.shape), ask(rng, "flash", figure.shape),
                  ask(rng, "flashcolor", figure.color)]
    return asked


def visible_questions(rng, figures):
    at_start, at_end = (sum(figure.opacity(t) > 0 for figure in figures) for t in (0.0, 1.0))
    asked = [ask(rng, "endcount", NUMBERS[at_end])]
    if rng.random() < .5:
        asked.append(ask(rng, "startcount", NUMBERS[at_start]))
    return asked


def look_questions(rng, figures, by_act):
    """What a picture could be asked too: colour, shape, is there such a thing."""
    asked, figure = [], pick(rng, figures)
    if figure.act != "turn":
        asked.append(ask(rng, "color", figure.color, shape=figure.shape))
        if rng.random() < .6:
            asked.append(ask(rng, "shape", figure.shape, color=figure.color))
    if not by_act["turn"] and rng.random() < .6:
        question = exist_question(rng, figures, pick(rng, ["video", "clip"]))
        if question:
            asked.append(question)
    return asked


def happens_questions(rng, by_act):
    """All events in the order of EVENT_ACTS, arrivals by time; two moves have no order and are not asked."""
    events = [figure for act in EVENT_ACTS for figure in by_act[act]]
    if len(by_act["move"]) == 2:
        return []
    return [ask(rng, "happens", ", ".join(map(tell, events)) or "nothing")]


def tell(figure):
    happening = {"move": f"moves {figure.direction}", "turn": f"turns {figure.new_color}", "appear": "appears",
                 "disappear": "disappears", "flash": "flashes"}[figure.act]
    return f"the {figure.shape} {happening}"
