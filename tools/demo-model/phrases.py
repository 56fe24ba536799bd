"""The wording of the questions: several phrases for each kind, small variations, typing errors."""
from scenes import COLOR_NAMES, DIRECTIONS, SHAPES

NUMBERS = ["zero", "one", "two", "three", "four"]

# {shape} and {color} are names, {shapes} a plural; {a} and {b} refer to a figure ("star", "red one"), {thing} to any
# kind of figure; {relation} is "left of" and the like, {medium} "picture", "video" ...
PHRASES = {
    "color": [
        "what color is the {shape}?", "what is the color of the {shape}?", "which color is the {shape}?",
        "the {shape} is what color?", "tell me the color of the {shape}", "what color does the {shape} have?",
        "{shape} color?"],
    "shape": [
        "what shape is {color}?", "what is the {color} shape?", "what is the {color} thing?",
        "which shape is {color}?", "what is the {color} object?", "what shape is the {color} thing?",
        "what kind of shape is the {color} one?", "which object is {color}?"],
    "count": [
        "how many shapes are there?", "how many shapes are in the picture?", "count the shapes",
        "how many objects do you see?", "how many things are there?", "what is the number of shapes?",
        "how many shapes can you see?", "how many objects are in the image?"],
    "count_color": [
        "how many {color} shapes are there?", "how many shapes are {color}?", "how many {color} things do you see?",
        "how many {color} objects are in the picture?", "count the {color} shapes"],
    "count_shape": [
        "how many {shapes} are there?", "how many {shapes} do you see?", "how many {shapes} are in the picture?",
        "count the {shapes}"],
    "exist": [
        "is there a {thing}?", "do you see a {thing}?", "is there a {thing} in the {medium}?",
        "does the {medium} show a {thing}?", "can you see a {thing}?", "is a {thing} visible?",
        "is there any {thing}?"],
    "relpos": [
        "where is the {a} relative to the {b}?", "where is the {a} compared to the {b}?",
        "is the {a} left, right, above or below the {b}?", "on which side of the {b} is the {a}?",
        "seen from the {b}, where is the {a}?"],
    "relyn": [
        "is the {a} {relation} the {b}?", "is the {a} located {relation} the {b}?",
        "does the {a} lie {relation} the {b}?"],
    "where": [
        "where is the {a}?", "where in the picture is the {a}?", "in which part of the picture is the {a}?",
        "where can i find the {a}?", "in what corner is the {a}?", "what is the position of the {a}?"],
    "describe": [
        "what is in the picture?", "describe the picture", "what do you see?", "describe the image", "list the shapes",
        "what does the image show?", "what can you see in this picture?", "name all the shapes",
        "what is in this image?"],
    "direction": [
        "which way does the {a} move?", "in which direction does the {a} move?", "where does the {a} go?",
        "what direction is the {a} moving?", "which direction does the {a} travel?", "how does the {a} move?",
        "where is the {a} moving?"],
    "moves": [
        "which shape moves?", "what is moving?", "what moves in the video?", "which object moves?",
        "what shape is moving?"],
    "movesyn": ["does the {a} move?", "is the {a} moving?", "does the {a} change its place?"],
    "turns": [
        "what color does the {shape} turn into?", "what color does the {shape} become?",
        "which color does the {shape} change to?", "what color is the {shape} at the end?",
        "what is the final color of the {shape}?", "the {shape} turns into what color?",
        "what color does the {shape} change to?"],
    "startcolor": [
        "what color is the {shape} at the start?", "what color is the {shape} at first?",
        "what color is the {shape} in the beginning?", "what was the color of the {shape} before?"],
    "changes": [
        "which shape changes color?", "what changes color?", "which object changes its color?",
        "what shape turns into another color?"],
    "appears": [
        "which shape appears?", "what appears in the video?", "what shows up?", "which object appears later?",
        "what shape comes in?"],
    "first": [
        "which shape appears first?", "what appears first?", "which of the new shapes comes first?",
        "what shows up first?"],
    "last": [
        "which shape appears last?", "what appears last?", "which of the new shapes comes last?",
        "what shows up last?"],
    "vanishes": [
        "which shape disappears?", "what disappears?", "what vanishes?", "which object goes away?",
        "what shape disappears from the video?"],
    "vanishyn": [
        "does anything disappear?", "does something disappear?", "does any shape disappear?", "does anything vanish?",
        "does a shape go away?"],
    "endcount": [
        "how many shapes are there at the end?", "how many shapes are there in the end?",
        "how many objects are left at the end?", "how many things are visible at the end?"],
    "startcount": [
        "how many shapes are there at the start?", "how many shapes are there in the beginning?",
        "how many objects are there at first?"],
    "flash": [
        "what appears only briefly?", "which shape flashes in the middle?", "what flashes?",
        "which shape is visible only for a moment?", "what shape is only there in the middle?",
        "what happens in the middle?", "which shape pops up briefly?"],
    "flashcolor": [
        "what color is the shape that flashes?", "what color is the thing that appears briefly?",
        "what color flashes in the middle?", "what is the color of the shape in the middle of the video?"],
    "happens": [
        "what happens?", "what happens in the video?", "describe the video", "what is going on?",
        "what happens in this clip?", "tell me what happens", "describe the clip", "what do you see in the video?",
        "what is happening?"],
}
OPENINGS = [
    "please tell me, ", "can you tell me ", "hey, ", "please: ", "i want to know, ", "so, ", "question: ",
    "look at this. "]


def pick(rng, options):
    return options[int(rng.integers(len(options)))]


def plural(shape):
    return "crosses" if shape == "cross" else shape + "s"


def say(rng, phrase, **words):
    """One of the ways to ask: British or American, now and then with an opening, often with careless punctuation."""
    text = pick(rng, PHRASES[phrase]).format(**words)
    if "color" in text and rng.random() < .3:
        text = text.replace("color", "colour")
    if rng.random() < .05:
        text = pick(rng, OPENINGS) + text
    if rng.random() < .2:
        return text.rstrip("?")
    if rng.random() < .05:
        return text.rstrip("?") + pick(rng, [".", "!", " ?", "??"])
    return text


def mistype(rng, text):
    """Drop a letter, double it, or swap it with the next; nothing if there is no letter at the place drawn."""
    at = int(rng.integers(len(text)))
    if not text[at].isalpha() or at + 1 >= len(text):
        return text
    before, letter, following, after = text[:at], text[at], text[at + 1], text[at + 2:]
    return pick(rng, [before + following + after, before + letter + letter + following + after,
                      before + following + letter + after])


def corpus():
    """The texts that the tokenizer is trained on: every phrase once, and the words of the answers."""
    words = SHAPES + [shape + "s" for shape in SHAPES] + ["crosses"] + COLOR_NAMES + NUMBERS + list(DIRECTIONS)
    words += "above below center top bottom yes no nothing moves turns appears disappears flashes".split()
    words += "shape thing object one colour".split()
    texts = [phrase.format(shape="star", shapes="stars", color="red", thing="star", medium="video", a="star",
                           b="circle", relation="left of") for phrases in PHRASES.values() for phrase in phrases]
    texts += OPENINGS + words + [" " + word for word in words]
    texts += ["user", "assistant", "system", "\n", ", ", "picture image video clip"]
    return texts + [" " + text for text in texts]
