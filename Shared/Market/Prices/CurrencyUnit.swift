/// The unit of a price: a currency, or a minor unit of it, such as pence.
package struct CurrencyUnit: Hashable, Sendable {
    /// ISO 4217 code of the major unit; nil when unknown.
    package let code: String?
    /// The number of quoted units in one major unit: 100 for pence.
    package let minorPerMajor: Int64

    private init(code: String?, minorPerMajor: Int64) {
        self.code = code
        self.minorPerMajor = minorPerMajor
    }

    /// The unit of a provider's label: an ISO 4217 code, or a provider's own label of a minor unit, such as `GBp`.
    package init(label: String?) {
        self =
            switch label {
            case "GBp", "GBX", "GBx": CurrencyUnit(code: "GBP", minorPerMajor: 100)
            case "ZAc", "ZAC": CurrencyUnit(code: "ZAR", minorPerMajor: 100)
            case "ILA": CurrencyUnit(code: "ILS", minorPerMajor: 100)
            case "KWF": CurrencyUnit(code: "KWD", minorPerMajor: 1000)
            default: CurrencyUnit(code: label, minorPerMajor: 1)
            }
    }

    /// A price in this unit, converted to the major unit; nil where the result is no price.
    package func inMajorUnits(_ price: Price) -> Price? { price.scaled(by: PriceFactor(over: Double(minorPerMajor))) }
}

extension Instrument {
    /// The usual unit of the instrument's prices, for prices without a currency.
    ///
    /// London quotes in pence, Johannesburg in cents and Tel Aviv in agorot, except listings in another currency and indices.
    package var quoteUnit: CurrencyUnit {
        guard !symbol.hasPrefix("^") else { return CurrencyUnit(label: currency) }
        return switch (exchange, currency) {
        case ("XLON", "GBP"): CurrencyUnit(label: "GBp")
        case ("XJSE", "ZAR"): CurrencyUnit(label: "ZAc")
        case ("XTAE", "ILS"): CurrencyUnit(label: "ILA")
        default: CurrencyUnit(label: currency)
        }
    }

    /// The ISO 4217 code that a listing most likely trades in: the exchange's currency, or the second half of a pair (`EUR/JPY`, `BTC-USD`);
    /// USD for an unknown exchange.
    package static func usualCurrency(of symbol: String, on mic: String) -> String {
        if ["FOREX", "CRYPTO", "24/5", "24/7"].contains(mic) {
            let parts = symbol.split { $0 == "/" || $0 == "-" }
            return parts.count == 2 ? String(parts[1]) : "USD"
        }
        return currencies[mic] ?? "USD"
    }

    private static let currencies: [String: String] = {
        let table = """
            ARS XBUE AUD XASX BRL BVMF,XBSP CAD XTSE,XTSX CHF XSWX CLP XSGO CNY XSHG,XSHE COP XBOG CZK XPRA DKK XCSE GBP XLON HKD XHKG HUF XBUD
            IDR XIDX ILS XTAE INR XBOM,XNSE ISK XICE JPY XTKS KRW XKRX,XKOS MXN XMEX MYR XKLS NOK XOSL NZD XNZE PEN XLIM PHP XPHS PKR XKAR
            PLN XWAR RON XBSE RSD XBEL RUB XMOS SAR XSAU SEK XSTO SGD XSES THB XBKK TRY XIST TWD XTAI ZAR XJSE
            EUR ASEX,XATH,XAMS,XBRA,XBRU,XCYS,XDUB,XDUS,XEEE,XETR,XEUR,XFRA,XHAM,XHEL,XLIS,XLIT,XLJU,XLUX,XMAD,XMIL,MTAA,XPAR,XRIS,XSTU,XTAL
            EUR XWBO,XZAG
            """
        let words = table.split { $0 == " " || $0 == "\n" }
        var currencies: [String: String] = [:]
        for index in stride(from: 0, to: words.count, by: 2) {
            for mic in words[index + 1].split(separator: ",") { currencies[String(mic)] = String(words[index]) }
        }
        return currencies
    }()
}
