import Testing

@testable import Forecasting

@Suite struct EvaluationTests {
    @Test func `The pinball loss weighs both sides by the level`() {
        #expect(Evaluation.pinball(1, 0, 0.9) == 0.9)
        #expect(abs(Evaluation.pinball(-1, 0, 0.9) - 0.1) < 1e-12)
    }

    @Test func `Empirical quantiles interpolate like NumPy`() {
        #expect(empiricalQuantile([1, 2, 3, 4], 0.5) == 2.5)
        #expect(abs(empiricalQuantile([1, 2, 3, 4], 0.05) - 1.15) < 1e-12)
        #expect(empiricalQuantile([7], 0.95) == 7)
    }

    /// Figures of `nw_t` in the scoring protocol, numpy 2.4.
    @Test func `Diebold Mariano agrees with the scoring protocol`() {
        let x = (0..<98).map { i in Double((i * 7919) % 97) / 97 - 0.55 }
        let one = DieboldMariano(x, horizon: 1, step: 5)
        let twenty = DieboldMariano(x, horizon: 20, step: 5)
        #expect(abs(one.mean - (-0.060204081633)) < 1e-9)
        #expect(abs(one.t - (-2.541770667)) < 1e-6)
        #expect(abs(twenty.t - (-3.055944238)) < 1e-6)
        #expect(DieboldMariano([1, 1, 1], horizon: 1, step: 5).t == 0)
    }
}
