import Testing

@testable import Command

@Suite struct PeerComparisonTests {
    private func figures(
        _ comparison: PeerComparison, ours: PeerComparison.Round, peer: PeerComparison.Peer
    ) throws -> [String: BenchReport.Figure] {
        var report = BenchReport("test")
        try comparison.run({ ours }, [peer], into: &report)
        return Dictionary(uniqueKeysWithValues: report.figures.map { ($0.name, $0) })
    }

    @Test func `Speeds are compared by processor time`() throws {
        let peer = PeerComparison.Peer(name: "Peer", reference: 105) { (samples: 100, seconds: 4, processorSeconds: 1) }
        let found = try figures(PeerComparison(figure: .speed, rounds: 3), ours: (300, 2, 1), peer: peer)
        #expect(found["Bellwether"]?.value == 300)
        #expect(found["Bellwether by the clock"]?.value == 150)
        #expect(found["Bellwether over Peer"]?.value == 3)
        #expect(found["Peer"]?.note == "95 % of its reference, 105.0: the measurement is valid")
    }

    @Test func `Lower costs are better`() throws {
        let peer = PeerComparison.Peer(name: "Peer", reference: 4) { (samples: 4, seconds: 1, processorSeconds: 0.008) }
        let comparison = PeerComparison(figure: .cost(samples: 2, scale: 1000, unit: "ms"), rounds: 1, about: "batch 2")
        let found = try figures(comparison, ours: (4, 1, 0.004), peer: peer)
        #expect(found["Bellwether, batch 2"]?.value == 2)
        #expect(found["Peer, batch 2"]?.value == 4)
        #expect(found["Bellwether over Peer, batch 2"]?.value == 2)
        #expect(found["Peer, batch 2"]?.note?.hasSuffix("the measurement is valid") == true)
    }

    @Test func `A peer below nine tenths of its reference makes the measurement invalid`() throws {
        let peer = PeerComparison.Peer(name: "Peer", reference: 112) { (samples: 100, seconds: 1, processorSeconds: 1) }
        let found = try figures(PeerComparison(figure: .speed, rounds: 1), ours: (300, 1, 1), peer: peer)
        #expect(found["Peer"]?.note == "only 89 % of its reference, 112.0: the measurement is not valid")
    }
}
