"""A receiver of webhooks, in a process of its own: HTTP in, verified events out. It judges nothing and joins nothing.

Law: nothing is answered with 200 before it is kept. Whatever is posted, the receiver goes on.
"""

from benchkit.events.webhook_receiver.receiver import Receiver as Receiver
from benchkit.events.webhook_receiver.receiver import WebhookSecret as WebhookSecret
