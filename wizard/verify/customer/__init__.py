"""The customer's side of the path: what decides there whether the transit VPC and the database reach each other.

model.py     routes, rules, ACLs, interfaces, as values                              pure
reading.py   AWS's own JSON into them: of a session of the customer's, or pasted     pure
blocks.py    arithmetic of address blocks                                            pure
routes.py, rules.py, acls.py, others.py   what they come to                          pure
commands.py  what the customer runs where nobody gave us a role                      pure
pasted.py    the answer to those commands, as it was pasted                          pure
reads.py     what may be asked, as a protocol
edge.py      that protocol over a session of the customer's account
"""
