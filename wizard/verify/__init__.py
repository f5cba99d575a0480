"""Verification: hop by hop along the data path, what is proven and what is not.

    path.py      which hops there are, and which earlier hop each stands on       pure
    probes/      one look at one hop: a read, and a judgement of what was read    the judgement is pure
    reads.py     what probes may ask of AWS and of nodes, as a protocol
    edge.py      that protocol over wizard.aws
    walk.py      hops side by side, each as soon as what it stands on is known
    report.py    Markdown and JSON for people and programs                         pure

It imports nothing of rehearsal: it is told where to ask, and cannot know what answers.
"""
