extension Instrument {
    /// How many units of a price that comes without a currency make one of `currency`: London quotes in pence, Johannesburg in cents and
    /// Tel Aviv in agorot, except what is listed there in another currency, and indices.
    package var quotedUnitsPerWhole: Int64 {
        guard !symbol.hasPrefix("^") else { return 1 }
        return switch (exchange, currency) {
        case ("XLON", "GBP"), ("XJSE", "ZAR"), ("XTAE", "ILS"): 100
        default: 1
        }
    }

    /// ISO 4217 code of what a listing most likely trades in: the exchange's own, of a pair (`EUR/JPY`, `BTC-USD`) the second; the dollar where
    /// nothing is known.
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
