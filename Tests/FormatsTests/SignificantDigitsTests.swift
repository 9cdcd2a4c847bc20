import Formats
import Testing

@Suite struct SignificantDigitsTests {
    @Test func `A number is rounded to the double nearest to its decimal`() {
        #expect((0.1 + 0.2).rounded(toSignificantDigits: 15) == 0.3)
        #expect(1.3000000000000002e-09.rounded(toSignificantDigits: 12) == 1.3e-9)
        #expect(123_456_789.0.rounded(toSignificantDigits: 4) == 123_500_000)
        #expect(999.96.rounded(toSignificantDigits: 4) == 1000)
        #expect((-411.2355).rounded(toDecimals: 2) == -411.24)
        #expect(1.005e-30.rounded(toSignificantDigits: 2) == 1e-30)
        #expect(1e300.rounded(toSignificantDigits: 3) == 1e300)
        #expect(Double.infinity.rounded(toSignificantDigits: 3) == .infinity && Double.nan.rounded(toDecimals: 2).isNaN)
        #expect(1234.0.rounded(toDecimals: -2) == 1200)
    }

    @Test func `Plain text has no exponent and reads back as the same number`() {
        for (value, text) in [
            (0.0, "0"), (10, "10"), (-411.23, "-411.23"), (1e-12, "0.000000000001"), (1.25e-7, "0.000000125"),
            (1e22, "10000000000000000000000"),
            (1.234_567_89e17, "123456789000000000"), (0.001, "0.001"),
        ] {
            #expect(DecimalText.plain(value) == text)
            #expect(Double(DecimalText.plain(value)) == value)
        }
        #expect(DecimalText.plain(.infinity) == "inf" && DecimalText.plain(.nan) == "nan")
    }
}
