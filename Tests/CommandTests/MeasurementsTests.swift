import Testing

@testable import Command

@Suite struct MeasurementsTests {
    @Test func `The median is the middle or the mean of the two in the middle`() {
        #expect(Measurements([9, 1, 5]).median == 5)
        #expect(Measurements([4, 1, 3, 2]).median == 2.5)
        #expect(Measurements([7]).median == 7)
        #expect(Measurements([]).median.isNaN)
    }

    @Test func `A percentile is the smallest figure that the share does not exceed`() {
        let hundred = Measurements((1...100).reversed().map(Double.init))
        #expect(hundred.percentile(0.5) == 50)
        #expect(hundred.percentile(0.99) == 99)
        #expect(hundred.percentile(1) == 100)
        #expect(hundred.percentile(0) == 1)
        #expect(Measurements([1, 2, 3, 4]).percentile(0.99) == 4)
        #expect(Measurements([]).percentile(0.5).isNaN)
    }

    @Test(arguments: [(5060.4, "5060"), (123.45, "123.5"), (8.637, "8.64"), (0.05678, "0.0568"), (0, "0.0000")])
    func `Figures print with about four digits`(_ value: Double, _ text: String) {
        #expect(BenchReport.text(value) == text)
    }
}
