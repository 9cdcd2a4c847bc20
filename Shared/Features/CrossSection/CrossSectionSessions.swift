/// The members present in each of several neighbouring sessions, in memory that is reused.
///
/// Several sessions are read at a time because the rows of one member are adjacent in memory.
package struct CrossSectionSessions: Sendable {
    private let members: Int
    private var entries: [CrossSectionMember]
    private var counts: [Int]

    /// - Parameters:
    ///   - members: the universe's size.
    ///   - sessions: the largest number of sessions of one `load`.
    package init(members: Int, sessions: Int) {
        self.members = members
        entries = [CrossSectionMember](repeating: .none, count: members * sessions)
        counts = [Int](repeating: 0, count: sessions)
    }

    /// The members present in a session, ascending by number.
    package subscript(session: Int) -> ArraySlice<CrossSectionMember> { entries[session * members..<session * members + counts[session]] }

    /// Replaces the contents by other sessions.
    ///
    /// - Parameters:
    ///   - rows: the rows of every member of the universe.
    ///   - places: the index of each session in each member's rows, [session][member]; negative = absent.
    package mutating func load(_ rows: [FeatureRows], at places: [Int]) {
        let (members, sessions) = (members, places.count / max(members, 1))
        precondition(rows.count == members && sessions <= counts.count)
        for session in counts.indices { counts[session] = 0 }
        entries.withUnsafeMutableBufferPointer { entries in
            counts.withUnsafeMutableBufferPointer { counts in
                places.withUnsafeBufferPointer { places in
                    for member in 0..<members {
                        rows[member].extras.withUnsafeBufferPointer { extras in
                            guard let extras = extras.baseAddress else { return }
                            for session in 0..<sessions {
                                let place = places[session * members + member]
                                guard place >= 0 else { continue }
                                precondition(place < rows[member].sessions.count)
                                entries[session * members + counts[session]] = CrossSectionMember(
                                    member, extras + place * FeatureRow.extrasWidth)
                                counts[session] += 1
                            }
                        }
                    }
                }
            }
        }
    }
}
