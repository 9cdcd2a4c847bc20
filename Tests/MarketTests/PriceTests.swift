import Foundation
import Market
import Testing

@Suite struct PriceTests {
    @Test func `A price keeps the digits of its decimal at every magnitude`() throws {
        for (value, text) in [
            (411.23, "411.23"), (100, "100"), (0.00000001, "0.00000001"), (1.3e-9, "0.0000000013"),
            (1.234_567_89e-12, "0.00000000000123456789"),
            (92_233_720_368.547_76, "92233720368.54776"), (622_222_222_222.22, "622222222222.22"), (1e15, "1000000000000000"),
            (1.234_567_89e15, "1234567890000000"), (1e17, "100000000000000000"),
        ] {
            let price = try #require(Price(value))
            #expect(price.double == value)
            #expect(price.description == text)
            #expect(Price(try #require(Double(price.description))) == price)
        }
    }

    @Test func `No number outside of the range becomes a price`() {
        for value in [0, -0.0, -1, 1e-16, .leastNonzeroMagnitude, 1.1e18, .greatestFiniteMagnitude, .infinity, -.infinity, .nan] {
            #expect(Price(value) == nil, "\(value)")
        }
        #expect(Price(Price.range.lowerBound) != nil && Price(Price.range.upperBound) != nil)
    }

    @Test func `Seeded decimals read back from JSON and from text as the same price`() throws {
        var decimals = RandomDecimals(seed: 1)
        let prices = try (0..<2000).map { _ in try #require(Price(decimals.next(digits: 15))) }
        for price in prices { #expect(Double(price.description) == price.double) }
        let json = try JSONEncoder().encode(prices.map(\.double))
        #expect(try JSONDecoder().decode([Double].self, from: json) == prices.map(\.double))
    }

    @Test func `A minor unit converts to the major unit and no small price becomes zero`() throws {
        let pence = CurrencyUnit(label: "GBp")
        #expect(pence.inMajorUnits(try #require(Price(12_345.67)))?.description == "123.4567")
        #expect(pence.inMajorUnits(try #require(Price(1e-9)))?.description == "0.00000000001")
        #expect(pence.inMajorUnits(try #require(Price(1e-15))) == nil)
    }
}

/// Prices that are multiplied by the factors of splits and dividends, and divided by them.
@Suite struct PriceFactorTests {
    @Test func `A decimal of twelve digits returns from its product with the factors of splits`() throws {
        var decimals = RandomDecimals(seed: 2)
        for _ in 0..<100_000 {
            var factor = PriceFactor()
            for _ in 0..<decimals.below(4) { factor *= PriceFactor(Double(decimals.below(50) + 1), over: Double(decimals.below(50) + 1)) }
            let value = decimals.next(digits: 12)
            let product = factor.scaled(value)
            #expect(abs(product / (value * factor.value) - 1) < 2e-13)
            #expect(factor.inverse.scaled(product) == value, "\(value) × \(factor)")
        }
    }

    @Test func `The factors of one way and the other return the same decimal`() {
        #expect(PriceFactor(over: 3).scaled(30.03) == 10.01)
        #expect(PriceFactor(over: 3).scaled(16.04) == 5.346_666_666_666_67)
        #expect(PriceFactor(3).scaled(5.346_666_666_666_67) == 16.04)
        #expect(PriceFactor(over: 28).scaled(448.63) == 16.0225)
        #expect(PriceFactor().scaled(0.1 + 0.2) == 0.1 + 0.2)
    }

    @Test func `Thirteen reverse splits take prices to ten digits before the point and back`() throws {
        let ratios = [6.0, 10, 10, 4, 5, 5, 5, 4, 5, 10, 10, 5, 5]
        let first = SessionDate(year: 2011, month: 10, day: 4)
        let actions = ratios.enumerated().map {
            CorporateAction(exDate: first.advanced(by: 100 + $0), kind: .split(numerator: 1, denominator: $1))
        }
        let traded =
            try [41.02, 39.8, 47.99].enumerated().map { try bar(first.advanced(by: $0), $1) } + [try bar(first.advanced(by: 200), 31)]
        let factors = Adjustment.factors(bars: traded, actions: actions)
        #expect(factors[0].split.value == 1.5e9 * 10)
        let adjusted = try zip(traded, factors).map { try #require($0.scaled(by: $1.split, shares: $1.split.value)) }
        #expect(adjusted.map(\.close.description) == ["615300000000", "597000000000", "719850000000", "31"])
        let back = Adjustment.unadjusted(adjusted, basis: .splitAdjusted, actions: actions)
        #expect(back.bars.map(\.close) == traded.map(\.close) && back.refused.isEmpty)
    }

    @Test(arguments: [PriceBasis.splitAdjusted, .totalReturn])
    func `As-traded bars return from their adjusted ones`(_ basis: PriceBasis) throws {
        var decimals = RandomDecimals(seed: 3)
        let first = SessionDate(year: 2012, month: 1, day: 2)
        for _ in 0..<200 {
            let level = decimals.below(22) - 15
            let price = { (mantissa: Int) in Double("\(mantissa)e\(level)")! }
            let traded = try (0..<40).map { try bar(first.advanced(by: $0), price(100_000 + decimals.below(99_999))) }
            let actions = (0..<6).map { index in
                let exDate = first.advanced(by: 5 * index + 3)
                guard index % 2 == 0, basis == .totalReturn else {
                    return CorporateAction(
                        exDate: exDate, kind: .split(numerator: Double(1 + decimals.below(9)), denominator: Double(1 + decimals.below(9))))
                }
                return CorporateAction(exDate: exDate, kind: .dividend(Price(price(1 + decimals.below(2000)))!))
            }
            let adjusted = try zip(traded, Adjustment.factors(bars: traded, actions: actions)).map { bar, factor in
                try #require(bar.scaled(by: basis == .totalReturn ? factor.total : factor.split, shares: factor.split.value))
            }
            let back = Adjustment.unadjusted(adjusted, basis: basis, actions: actions)
            let wrong = zip(back.bars, traded).first { $0.close != $1.close }
            #expect(back.bars.count == traded.count && wrong == nil)
        }
    }

    @Test func `Observations have the prices and dividends of the bars and actions`() throws {
        var decimals = RandomDecimals(seed: 4)
        let first = SessionDate(year: 2012, month: 1, day: 2)
        let bars = try (0..<1000).map { try bar(first.advanced(by: $0), decimals.next(digits: 15)) }
        let dividends = bars.map {
            CorporateAction(exDate: $0.session, kind: .dividend(Price(decimals.next(digits: 15))!))
        }
        let observations = Adjustment.observations(bars: bars, actions: dividends)
        #expect(observations.map(\.close) == bars.map(\.close.double))
        let paid: [Double] = dividends.dropFirst().map { if case .dividend(let amount) = $0.kind { amount.double } else { 0 } }
        #expect(observations.dropFirst().map(\.dividend) == paid)
    }

    @Test func `A bar that does not fit is refused and the others go on`() throws {
        let first = SessionDate(year: 2012, month: 1, day: 2)
        let bars = try [bar(first, 5e9), bar(first.advanced(by: 1), 4), bar(first.advanced(by: 2), 4)]
        let split = CorporateAction(exDate: first.advanced(by: 2), kind: .split(numerator: 1e12, denominator: 1))
        let result = Adjustment.unadjusted(bars, basis: .splitAdjusted, actions: [split])
        #expect(result.bars.map(\.close.double) == [4e12, 4] && result.refused == [bars[0]])
        let priced = bars.map { Restatement.PricedBar($0, pricedAt: .utcMidnight(first)) }
        let restated = Restatement(.splitAdjusted, from: [], to: [split]) { _, _ in true }.restated(priced)
        #expect(restated.bars.map(\.bar.close.double) == [4e12] && restated.refused.map(\.bar) == [bars[0]])
    }

    @Test func `A split of 1e308 is impossible and so is a ratio of nothing`() {
        typealias Kind = CorporateAction.Kind
        for (new, old) in [
            (1e308, 1.0), (1, 1e308), (1e308, 1e307), (1e12, 0.5), (0, 1), (1, 0), (-2, 1), (.nan, 1), (.infinity, .infinity),
            (1e-13, 1e-13),
        ] {
            #expect(Kind.possibleSplit(new, for: old) == nil, "\(new) for \(old)")
        }
        #expect(Kind.possibleSplit(1, for: 1_000_000) == .split(numerator: 1, denominator: 1_000_000))
    }

    @Test func `Dividends of a day add up and splits multiply unless the result is impossible`() throws {
        let day = SessionDate(year: 2012, month: 1, day: 9)
        let dividend = { (amount: Double) in CorporateAction(exDate: day, kind: .dividend(Price(amount)!)) }
        let split = { (new: Double, old: Double) in CorporateAction(exDate: day, kind: .split(numerator: new, denominator: old)) }
        let combined = CorporateAction.combined([dividend(0.1), split(2, 1), dividend(0.2), split(3, 2)])
        #expect(combined.actions == [dividend(0.3), split(6, 2)] && combined.refused.isEmpty)
        let huge = CorporateAction.combined([dividend(9e17), dividend(9e17), split(1e7, 1), split(1e7, 1)])
        #expect(huge.actions == [dividend(9e17), split(1e7, 1)] && huge.refused == [dividend(9e17), split(1e7, 1)])
    }

    private func bar(_ session: SessionDate, _ close: Double) throws -> Bar {
        let price = try #require(Price(close))
        return Bar(session: session, open: price, high: price, low: price, close: price, volume: 1e6)
    }
}

/// Decimals with seeded digits, from 10⁻¹² to 10¹⁵.
struct RandomDecimals {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 }

    mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % limit
    }

    /// A decimal of one to `digits` significant digits.
    mutating func next(digits: Int) -> Double {
        let count = below(digits) + 1
        let mantissa = String(below(9) + 1) + (1..<count).map { _ in String(below(10)) }.joined()
        return Double("\(mantissa)e\(below(26) - 11 - count)")!
    }
}
