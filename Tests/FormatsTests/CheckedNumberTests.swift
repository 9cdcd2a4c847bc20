import Formats
import Testing

@Suite struct CheckedNumberTests {
    @Test(
        arguments: [
            (0, 0), (1.9, 1), (-1.9, -1), (-0.0, 0), (0x1p62, 1 << 62), (-0x1p63, .min), (0x1p63, nil), (1e300, nil), (-1e19, nil),
            (.nan, nil), (.infinity, nil), (-.infinity, nil),
        ] as [(Double, Int?)])
    func `A number that does not fit is nil and any other loses its fraction`(_ number: Double, _ whole: Int?) {
        #expect(Int(checked: number) == whole)
    }

    @Test func `The bounds are those of the type`() {
        #expect(UInt8(checked: 255.9) == 255 && UInt8(checked: 256) == nil && UInt8(checked: -1) == nil)
        #expect(Int32(checked: -2_147_483_648.5) == .min && Int32(checked: 2_147_483_648) == nil)
    }

    @Test func `Sums and products that do not fit are nil`() {
        #expect(3.checkedProduct(4) == 12 && Int.max.checkedProduct(2) == nil && Int.min.checkedProduct(-1) == nil)
        #expect(3.checkedSum(4) == 7 && Int.max.checkedSum(1) == nil && Int64.min.checkedSum(-1) == nil)
        #expect([2, 3, 7].checkedProduct() == 42 && [Int]().checkedProduct() == 1 && [1 << 40, 1 << 40].checkedProduct() == nil)
        #expect([1 << 40, 1 << 40, 0].checkedProduct() == nil)
    }
}
