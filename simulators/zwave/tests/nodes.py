"""The locks of the test network, by the numbers of their nodes."""

V1, V2, V2_SUPERVISED, U3C, V1_SECURE, U3C_HIDDEN, V1_MASKED, V2_MASKED = range(2, 10)
U3C_SECURE = 10
