"""What researchers use inside a workspace to make outputs, and how what they made is read on this side.

`gatehouse_sdc.py` travels: it imports numpy and pandas and nothing of Gatehouse. `manifest.py` stays here.
"""
