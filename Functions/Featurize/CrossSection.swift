import AWS
import Features
import FoundationEssentials
import LambdaEvents
import LambdaRuntime
import Market
import Store

extension Featurize {
    /// Instruments in one slice of a run that Predict gets.
    private static let sliceSize = 100

    /// Ends a run: makes the cross-sections that its instruments lack and hands the run to Predict.
    func end(_ run: Run, _ summary: inout FeaturizeSummary, _ context: Context) async throws {
        let members = try await Instruments(database).list().filter { run.expected.contains($0.id) }
        for (_, group) in Dictionary(grouping: members, by: \.exchange).sorted(by: { $0.key < $1.key }) {
            summary.crossSection += try await crossSections(of: group, run, context)
        }
        for start in stride(from: 0, to: members.count, by: Self.sliceSize) {
            let slice = members[start..<min(start + Self.sliceSize, members.count)].map(\.id)
            let event = try JSONEncoder().encode(RunSlice(run: run.id, instruments: slice))
            _ = try await lambda.invoke(predictFunction, payload: Array(event), type: .event, deadline: context.cutOff.instant)
            summary.handedOn += 1
        }
    }

    /// The universe of a session are the instruments of its exchange. Fewer than the engine's least have no cross-section.
    private func crossSections(of group: [Instrument], _ run: Run, _ context: Context) async throws -> Int {
        guard group.count >= CrossSectionEngine.leastMembers, let calendar = TradingCalendar.of(mic: group[0].exchange) else { return 0 }
        let known = AsOf.recorded(run.asOf)
        let ids = group.map(\.id)
        let missing = try await store.firstGap(ids, members: CrossSectionEngine.leastMembers, known) ?? run.session
        let start = (0..<CrossSectionEngine.memory).reduce(missing) { date, _ in calendar.previous(before: date) ?? date }
        var engine = CrossSectionEngine()
        var written = 0
        let tables = try await store.read(ids, known, from: start, through: run.session)
        let rows = tables.map { table in (id: table.instrument, rows: FeatureRow.stored(table)) }
        var next = [Int](repeating: 0, count: rows.count)
        for session in calendar.sessions(from: start, through: run.session) {
            var present: [(id: String, row: FeatureRow)] = []
            for (index, member) in rows.enumerated() where next[index] < member.rows.count && member.rows[next[index]].session == session {
                present.append((member.id, member.rows[next[index]]))
                next[index] += 1
            }
            let values = engine.append(session, members: present)
            guard session >= missing, !values.isEmpty else { continue }
            let available = calendar.close(of: session).adding(seconds: Self.providerLag)
            try await store.setCrossSection(
                of: session, among: ids, knownAt: run.asOf, availableAt: available,
                values.sorted { $0.key < $1.key }.map { (instrument: $0.key, values: $0.value) })
            written += values.count
        }
        return written
    }
}

extension FeatureRow {
    /// The rows of a table as the store keeps them; rows of another width are left out.
    static func stored(_ table: FeatureTable) -> [FeatureRow] {
        let own = FeatureSet.symbolNames.count
        return table.sessions.indices.compactMap { i in
            FeatureRow(
                session: table.sessions[i], values: Array(table.values[i * table.width..<i * table.width + own]),
                extras: Array(table.extras[i * table.extrasWidth..<(i + 1) * table.extrasWidth]))
        }
    }
}
