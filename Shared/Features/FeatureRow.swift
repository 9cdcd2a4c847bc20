package import Market

/// The features of one symbol at the close of one session, and the unscaled values beside them.
package struct FeatureRow: Hashable, Sendable {
    /// Inputs of the session's cross-section, unscaled; NaN where the symbol's history is too short.
    package struct CrossSectionInput: Hashable, Sendable {
        /// Log total return over 5 and 20 sessions.
        package let return5, return20: Double
        /// Log total return from 250 to 20 sessions ago.
        package let momentum: Double
        /// Root mean square of the last 60 log returns, at least 0.002.
        package let deviation60: Double

        package init(return5: Double, return20: Double, momentum: Double, deviation60: Double) {
            self.return5 = return5
            self.return20 = return20
            self.momentum = momentum
            self.deviation60 = deviation60
        }
    }

    package let session: SessionDate
    /// The features by `SymbolFeature`, clipped to ±8, NaN = missing.
    package let values: [Float]
    /// The log total return since the previous session; NaN for the first session.
    package let logReturn: Double
    /// Daily volatilities known at this close, NaN until 60 returns.
    ///
    /// `sigma94` and `sigma97` are EWMA 0.94 and 0.97 of squared returns. `blend` is the geometric mean of EWMA 0.90 and 0.97 of Garman-Klass
    /// plus overnight variance, and EWMA 0.99 of squared returns.
    package let sigma94, sigma97, blend: Double
    package let crossSectionInput: CrossSectionInput

    package init(
        session: SessionDate, values: [Float], logReturn: Double, sigma94: Double, sigma97: Double, blend: Double,
        crossSectionInput: CrossSectionInput
    ) {
        self.session = session
        self.values = values
        self.logReturn = logReturn
        self.sigma94 = sigma94
        self.sigma97 = sigma97
        self.blend = blend
        self.crossSectionInput = crossSectionInput
    }

    /// The stored values beside the features; the raw value is the position in `extras`.
    enum Extra: Int, CaseIterable {
        case logReturn, sigma94, sigma97, blend, return5, return20, momentum, deviation60
    }

    /// All values beside the features, by `Extra`, as they are stored.
    package var extras: [Double] {
        Extra.allCases.map {
            switch $0 {
            case .logReturn: logReturn
            case .sigma94: sigma94
            case .sigma97: sigma97
            case .blend: blend
            case .return5: crossSectionInput.return5
            case .return20: crossSectionInput.return20
            case .momentum: crossSectionInput.momentum
            case .deviation60: crossSectionInput.deviation60
            }
        }
    }

    /// The row stored as `values` and `extras`; nil if their lengths differ from this version's.
    package init?(session: SessionDate, values: [Float], extras: [Double]) {
        guard values.count == Self.width, extras.count == Self.extrasWidth else { return nil }
        self.init(session: session, values: values, checked: extras)
    }

    /// The number of features in a row.
    static var width: Int { SymbolFeature.count }
    /// The number of values beside the features.
    package static var extrasWidth: Int { Extra.deviation60.rawValue + 1 }

    /// - Parameter extras: exactly `extrasWidth`.
    init(session: SessionDate, values: [Float], checked extras: [Double]) {
        func extra(_ name: Extra) -> Double { extras[name.rawValue] }
        self.init(
            session: session, values: values, logReturn: extra(.logReturn), sigma94: extra(.sigma94), sigma97: extra(.sigma97),
            blend: extra(.blend),
            crossSectionInput: CrossSectionInput(
                return5: extra(.return5), return20: extra(.return20), momentum: extra(.momentum), deviation60: extra(.deviation60)))
    }
}
