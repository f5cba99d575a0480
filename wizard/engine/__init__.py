"""The engine: OpenTofu, or Terraform as a drop-in. Found, driven, listened to, and understood after a death.

    locate       which engine, and is it new enough             (edge)
    installed    those that Planewright installed               (edge)
    release*     a release: its files, fetched, verified, installed
    container*   an engine in a Docker container: what it gets, who stands in front of it, its end
    mirrors      where providers come from                      (edge)
    environment  what the engine may see of our environment     (pure)
    runs         a run is a directory                           (edge)
    runner       the small process that starts the engine and writes down how it ended
    events       its JSON lines, and what a state is made of    (pure)
    reducer      events -> the state of a run                   (pure)
    follow       a run's state as it grows, from the start      (edge)
    cancel       the one polite signal, and the impolite one    (edge)
    saved        a saved plan, known by its digest
    plans        `show -json` -> changes, and what holds data   (pure)
    settle       which drift is harmless                        (pure)
    diagnostics  what went wrong, in people's words             (pure)
    aftermath    what is true after a death, and the way on
    verdict      whether a run did what was asked               (pure)
    writer       which engine wrote a state last
    commands     one stack's engine, for the rooms above

Nothing here is imported by this package itself: the runner starts in a few milliseconds because of it.
"""
