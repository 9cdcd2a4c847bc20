import Market
import Testing

@testable import Forecasting

@Suite struct RangeCalibrationTests {
    private let monday = SessionDate(year: 2016, month: 1, day: 4)

    private func factor(_ days: some Sequence<Int>, inside: Double) -> Double {
        var calibration = RangeCalibration()
        for day in days { calibration.learn(monday.advanced(by: day), inside: inside) }
        return calibration.factor
    }

    @Test func `Too few outcomes inside the range widen it and too many narrow it`() {
        let week = 0..<5
        #expect(factor(week, inside: 0.8) == 1)
        #expect(abs(factor(week, inside: 0.6) - exponential(5 * RangeCalibration.rate * 0.2)) < 1e-12)
        #expect(abs(factor(week, inside: 1) - exponential(-5 * RangeCalibration.rate * 0.2)) < 1e-12)
        #expect(factor(week, inside: .nan) == 1)
    }

    @Test func `Origins of every session and of every fifth session move the factor equally fast`() {
        let daily = factor((0..<140).filter { $0 % 7 < 5 }, inside: 0.7)
        let weekly = factor(stride(from: 0, to: 140, by: 7), inside: 0.7)
        #expect(abs(daily - exponential(100 * RangeCalibration.rate * 0.1)) < 1e-12)
        #expect(abs(weekly - exponential(96 * RangeCalibration.rate * 0.1)) < 1e-12, "the first origin is one session, 19 stand for five")
    }

    @Test func `An origin after a gap stands for two weeks at most`() {
        #expect(abs(factor([0, 365], inside: 0) - exponential(11 * RangeCalibration.rate * 0.8)) < 1e-12)
    }

    @Test func `A stored factor continues with the same values`() {
        var whole = RangeCalibration()
        var part = RangeCalibration()
        for day in 0..<3 {
            whole.learn(monday.advanced(by: day), inside: 0.5)
            part = RangeCalibration(factor: part.factor, after: day == 0 ? nil : monday.advanced(by: day - 1))
            part.learn(monday.advanced(by: day), inside: 0.5)
        }
        #expect(part == whole)
    }

    @Test func `A forecast is scaled about its median by each horizons factor`() throws {
        let forecast = try QuantileForecast((0..<3).flatMap { _ in [-2.0, -1, -0.5, 0.1, 0.5, 1, 2] })
        let wide = try forecast.scaled(by: [1, 2, 0.5])
        #expect(Array(wide[horizon: 0]) == Array(forecast[horizon: 0]))
        #expect((0..<3).allSatisfy { wide.median(horizonIndex: $0) == 0.1 })
        #expect(abs((wide[horizon: 1].last ?? 0) - 3.9) < 1e-12 && abs((wide[horizon: 2].first ?? 0) + 0.95) < 1e-12)
        #expect(RangeCalibration.scaled([-1, 1, 4], by: 2) == [-3, 1, 7])
    }
}
