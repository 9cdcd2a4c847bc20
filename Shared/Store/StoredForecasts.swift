package import Market

/// The latest stored forecasts of one instrument as of an instant, by model family.
package struct StoredForecasts: Sendable {
    /// One family's forecasts from its latest origin.
    package struct Family: Sendable {
        package let family: String
        package let role: ModelLineup.Role
        /// The time of the training of the model version that made the forecasts.
        package let trainedAsOf: Instant
        /// The forecasts of one model version, origin and data version, one per horizon in ascending order; not empty.
        package let forecasts: [Forecast]
    }

    package let instrument: Instrument
    /// The instrument's last session with features as of the instant.
    package let lastSession: SessionDate?
    /// The families with a stored forecast, in the lineup's order.
    package let families: [Family]

    private let rows: [Forecast]

    /// These forecasts together with others that are not stored. Where a model's forecasts from a session are stored, others of that model and
    /// session are left out: what is served is what is scored.
    package func adding(_ forecasts: [Forecast], members: [ModelLineup.Member]) -> StoredForecasts {
        struct Origin: Hashable {
            let model: String
            let session: SessionDate
        }
        let present = Set(rows.map { Origin(model: $0.model, session: $0.session) })
        let others = forecasts.filter { !present.contains(Origin(model: $0.model, session: $0.session)) }
        return StoredForecasts(instrument: instrument, lastSession: lastSession, stored: rows + others, members: members)
    }

    /// One family's forecasts; nil for a family without a stored forecast.
    package subscript(family: String) -> Family? { families.first { $0.family == family } }

    /// Whether a family's forecasts start from the instrument's last session.
    package func isCurrent(_ family: String) -> Bool { self[family].map { $0.forecasts[0].session == lastSession } ?? false }

    /// - Parameter stored: forecasts of the members' versions from each version's latest origin, in any order.
    init(instrument: Instrument, lastSession: SessionDate?, stored: [Forecast], members: [ModelLineup.Member]) {
        self.instrument = instrument
        self.lastSession = lastSession
        rows = stored
        families = members.compactMap { member in
            let versions = member.versions.enumerated().map { ($0.element.id, (place: $0.offset, trainedAsOf: $0.element.asOf)) }
            let byID = Dictionary(uniqueKeysWithValues: versions)
            // The latest origin first; within an origin the version that serves first, then a published forecast before one made in hindsight,
            // then the forecast published and known last.
            let ordered = stored.compactMap { forecast in byID[forecast.model].map { (forecast: forecast, version: $0) } }.sorted {
                let (left, right) = ($0.forecast, $1.forecast)
                if left.session != right.session { return left.session > right.session }
                if $0.version.place != $1.version.place { return $0.version.place < $1.version.place }
                if left.isHindsight != right.isHindsight { return right.isHindsight }
                if left.asOf != right.asOf { return left.asOf > right.asOf }
                if left.dataVersion != right.dataVersion { return left.dataVersion > right.dataVersion }
                return left.horizon < right.horizon
            }
            guard let first = ordered.first else { return nil }
            let forecasts = ordered.map(\.forecast).prefix {
                ($0.model, $0.session, $0.dataVersion) == (first.forecast.model, first.forecast.session, first.forecast.dataVersion)
            }
            return Family(
                family: member.family, role: member.role, trainedAsOf: first.version.trainedAsOf, forecasts: Array(forecasts))
        }
    }
}
