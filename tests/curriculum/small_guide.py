"""A guide with one piece of each kind, written for tests."""

from pathlib import Path

LESSON = """\
---
key: a-late-bus
kind: lesson
lang: en
version: 2
module: 3
order: 1
title: When the bus is late
outside: A late bus
summary: What to say when someone comes an hour late.
minutes: 6
content_note: About waiting, without details.
danger: true
terms: [turn]
see: [no-such-lesson]
activities: [count-the-stops]
handout: one-page-about-buses
help: [emergency-911]
sources:
  - {id: bus2020, kind: evidence, read: abstract, what: "Rider A. \\"Late\\". Town, 2020.", url: "https://example.org/bus"}
  - {id: law, kind: fact, read: parts, as_of: "2024-05", what: A timetable.}
---
## The moment

It's ten past. Bo isn't here. <script>alert(1)</script>

## Words to say

> "Come in. We kept *your* chair."

Waiting is hard.[^law] It passes.[^bus2020]

## Better left unsaid

- "Again?" It counts.

## Three minutes to try

In pairs.

## One question to keep

Who waited for you?

## Where we stop

We drive no bus. [A way out](javascript:alert)

## What this rests on

The words are ours.
"""

LESSON_ES = """\
---
key: a-late-bus
lang: es
translates: 2
title: Cuando el autobús se tarda
outside: Un autobús tarde
summary: Qué decir cuando alguien llega una hora tarde.
content_note: Sobre esperar, sin detalles.
---
## El momento

Son las diez y diez.

## Palabras para decir

> "Pasa. Te guardamos la silla."

Esperar cuesta.[^law]

## Mejor no decirlo

- "¿Otra vez?" Lleva la cuenta.

## Tres minutos para probar

En parejas.

## Una pregunta para guardar

¿Quién te esperó?

## Hasta dónde llegamos

No manejamos autobuses.

## En qué se apoya

Las palabras son nuestras.
"""

ACTIVITY = """\
---
key: count-the-stops
kind: activity
lang: en
version: 1
family: quiet
title: Count the stops
aim: To arrive slowly.
minutes: [5, 10]
energy: quiet
people: [2, 7]
place: [together, remote]
materials: [a window]
cost: none
source: ours
flags: [seated]
---
## Set up

Sit.

## Words to open

> "We count."

## Steps

1. Count. (5 minutes)

## Words to close

> "We are here."

## A gentler variation

Do not count.

## What to watch for

- Hurry.
"""

HANDOUT = """\
---
key: one-page-about-buses
kind: handout
lang: en
version: 1
lesson: a-late-bus
title: When the bus does not come
outside: One page about buses
content_note: ""
---
Call: ______________________
"""

WORKSHOP = """\
---
key: an-evening-on-waiting
kind: workshop
lang: en
version: 1
module: 3
title: An evening about waiting
summary: Two hours in which people try out how to wait together.
minutes: 40
people: [4, 9]
materials: [chairs, a clock]
activities: [count-the-stops]
see: [a-late-bus]
---
## Before people come

Set the chairs.

## Words to open

> "We begin when the clock says so."

## The session

1. **Sit.** Wait. (10 minutes)

   > "We wait."

2. A break. (29 minutes)
3. Rise. (1 minute)

## Words to close

> "We are done."

## For whoever leads

Do not hurry.

## What this rests on

The plan is ours.
"""

EXERCISE = """\
---
key: wait-by-the-door
kind: exercise
lang: en
version: 1
module: 3
order: 1
title: Wait by the door
aim: To notice a hurry without obeying it.
minutes: [4, 8]
with: [alone, pair]
materials: [a door]
---
## Set up

Stand or sit.

## Steps

1. Wait. (4 minutes)

## A gentler variation

Wait less.

## Afterward

Say one word.
"""

TO_THE_CIRCLE = """\
---
key: when-we-wait
kind: to-the-circle
lang: en
version: 1
module: 3
title: When we wait for someone
summary: What a circle can agree on about late buses.
---
## Words to begin

> "Some of us come by bus."

## What to look at together

- The timetable.

## What to decide

- How long we wait.

## Try until next time

Wait five minutes.
"""

MODULE_HANDOUT = """\
---
key: one-page-for-waiting
kind: handout
lang: en
version: 1
module: 3
title: One page for waiting
outside: A page for the bag
content_note: ""
---
## Before

Breathe.
"""

TERMS = """\
turn:
  en: {word: turn, meaning: Your time to speak.}
  es: {word: turno, meaning: Tu tiempo para hablar.}
"""


def write_guide(folder: Path, **changed: str) -> Path:
    """The files of a whole guide. `changed` replaces one, by its name in the list; an empty text leaves it out."""
    files = {
        "en/lessons/a-late-bus.md": changed.get("lesson", LESSON),
        "es/lessons/a-late-bus.md": changed.get("lesson_es", LESSON_ES),
        "en/activities/count-the-stops.md": changed.get("activity", ACTIVITY),
        "en/handouts/one-page-about-buses.md": changed.get("handout", HANDOUT),
        "en/handouts/one-page-for-waiting.md": changed.get("module_handout", MODULE_HANDOUT),
        "en/workshops/an-evening-on-waiting.md": changed.get("workshop", WORKSHOP),
        "en/exercises/wait-by-the-door.md": changed.get("exercise", EXERCISE),
        "en/to-the-circle/when-we-wait.md": changed.get("to_the_circle", TO_THE_CIRCLE),
        "terms.yaml": changed.get("terms", TERMS),
        "en/modules.yaml": modules("Part"),
        "es/modules.yaml": modules("Parte"),
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text:
            path.write_text(text, encoding="utf-8")
    return folder


def modules(word: str) -> str:
    return "".join(
        f"{number}: {{title: {word} {number}, purpose: Because., prompts: {{first: Who waits?}}}}\n"
        for number in range(1, 7)
    )
