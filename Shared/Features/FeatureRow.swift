package import Market

/// What is known about one symbol at the close of one session.
package struct FeatureRow: Hashable, Sendable {
    /// What the cross-section of the session needs of this symbol, unscaled; NaN where history is too short.
    package struct CrossInput: Hashable, Sendable {
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
    /// In the order of `FeatureSet.symbolNames`, cut to ±8, NaN = missing.
    package let values: [Float]
    /// Log total return since the session before; NaN on the first.
    package let logReturn: Double
    /// Daily volatilities, known at this close, NaN until 60 returns: EWMA 0.94 and 0.97 of squared returns, and the blend (the
    /// geometric mean of EWMA 0.90 and 0.97 of Garman-Klass plus overnight variance and EWMA 0.99 of squared returns).
    package let sigma94, sigma97, blend: Double
    package let crossInput: CrossInput

    package init(
        session: SessionDate, values: [Float], logReturn: Double, sigma94: Double, sigma97: Double, blend: Double,
        crossInput: CrossInput
    ) {
        self.session = session
        self.values = values
        self.logReturn = logReturn
        self.sigma94 = sigma94
        self.sigma97 = sigma97
        self.blend = blend
        self.crossInput = crossInput
    }

    /// Everything beside `values` as numbers to store: logReturn, sigma94, sigma97, blend, return5, return20, momentum, deviation60.
    package var extras: [Double] {
        [logReturn, sigma94, sigma97, blend, crossInput.return5, crossInput.return20, crossInput.momentum, crossInput.deviation60]
    }

    /// The row that was stored as `values` and `extras`; nil when their lengths are not this version's.
    package init?(session: SessionDate, values: [Float], extras: [Double]) {
        guard values.count == FeatureSet.symbolNames.count, let row = FeatureRow(session: session, extras: extras, values: values) else {
            return nil
        }
        self = row
    }

    /// What a cross-section needs of the row that was stored with `extras`: all but its values, which are left empty. nil when their number
    /// is not this version's.
    package init?(session: SessionDate, extras: [Double]) { self.init(session: session, extras: extras, values: []) }

    private init?(session: SessionDate, extras: [Double], values: [Float]) {
        guard extras.count == 8 else { return nil }
        self.init(
            session: session, values: values, logReturn: extras[0], sigma94: extras[1], sigma97: extras[2], blend: extras[3],
            crossInput: CrossInput(return5: extras[4], return20: extras[5], momentum: extras[6], deviation60: extras[7]))
    }
}
