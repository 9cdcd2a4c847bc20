import Testing

/// Tests that share the cluster run in turn: one of them restarts it.
@Suite(.serialized, .timeLimit(.minutes(2))) enum OneCluster {}
