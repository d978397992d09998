"""Who the made-up people are and what each service writes down of them.

Names, addresses and numbers that no real person has, the mistakes that services make with them, and the identity
records that come out. Every share and every list is a CSV beside the code. What does not live here: what happened to
the people (the journeys), the files (deliveries), and linking.
"""
