package geopko

import (
	"maps"
	"slices"

	"github.com/rearguard/rearguard/scenario"
)

// country is a contributor: where its units are at home.
type country struct {
	iso      string // ISO 3166-1 alpha-3
	name     string // for people, where the data's name is not one
	capital  string
	lat, lon float64 // of the capital, degrees
}

// countries knows every state that the data names as a contributor in any year,
// by the data's own spelling; two spellings may be one state. Capitals and their
// points are from Natural Earth's populated places, version 2.0 (public domain).
// Where the seat of government is not the capital by law, it is the one that
// Natural Earth calls so.
var countries = map[string]country{
	"Argentina":      {iso: "ARG", capital: "Buenos Aires", lat: -34.61, lon: -58.43},
	"Australia":      {iso: "AUS", capital: "Canberra", lat: -35.28, lon: 149.13},
	"Austria":        {iso: "AUT", capital: "Vienna", lat: 48.20, lon: 16.36},
	"Bangladesh":     {iso: "BGD", capital: "Dhaka", lat: 23.73, lon: 90.41},
	"Belgium":        {iso: "BEL", capital: "Brussels", lat: 50.84, lon: 4.33},
	"Benin":          {iso: "BEN", capital: "Porto-Novo", lat: 6.48, lon: 2.62},
	"Bolivia":        {iso: "BOL", capital: "La Paz", lat: -16.50, lon: -68.15},
	"Botswana":       {iso: "BWA", capital: "Gaborone", lat: -24.65, lon: 25.91},
	"Brazil":         {iso: "BRA", capital: "Brasilia", lat: -15.78, lon: -47.92},
	"Britain":        {iso: "GBR", name: "United Kingdom", capital: "London", lat: 51.50, lon: -0.12},
	"Burkina Faso":   {iso: "BFA", capital: "Ouagadougou", lat: 12.37, lon: -1.53},
	"Burundi":        {iso: "BDI", capital: "Bujumbura", lat: -3.38, lon: 29.36},
	"Cambodia":       {iso: "KHM", capital: "Phnom Penh", lat: 11.55, lon: 104.92},
	"Cameroon":       {iso: "CMR", capital: "Yaounde", lat: 3.87, lon: 11.52},
	"Canada":         {iso: "CAN", capital: "Ottawa", lat: 45.42, lon: -75.70},
	"Chad":           {iso: "TCD", capital: "N'Djamena", lat: 12.12, lon: 15.05},
	"Chile":          {iso: "CHL", capital: "Santiago", lat: -33.44, lon: -70.65},
	"China":          {iso: "CHN", capital: "Beijing", lat: 39.90, lon: 116.39},
	"Congo":          {iso: "COG", capital: "Brazzaville", lat: -4.26, lon: 15.28},
	"Cote d'Ivoire":  {iso: "CIV", name: "Côte d'Ivoire", capital: "Yamoussoukro", lat: 6.82, lon: -5.28},
	"Croatia":        {iso: "HRV", capital: "Zagreb", lat: 45.80, lon: 16.00},
	"Czech Republic": {iso: "CZE", capital: "Prague", lat: 50.09, lon: 14.42},
	"Denmark":        {iso: "DNK", capital: "Copenhagen", lat: 55.68, lon: 12.56},
	"Djibouti":       {iso: "DJI", capital: "Djibouti", lat: 11.60, lon: 43.15},
	"Drc":            {iso: "COD", name: "DR Congo", capital: "Kinshasa", lat: -4.33, lon: 15.31},
	"Ecuador":        {iso: "ECU", capital: "Quito", lat: -0.21, lon: -78.50},
	"Egypt":          {iso: "EGY", capital: "Cairo", lat: 30.05, lon: 31.25},
	"El Salvador":    {iso: "SLV", capital: "San Salvador", lat: 13.70, lon: -89.22},
	"Estonia":        {iso: "EST", capital: "Tallinn", lat: 59.43, lon: 24.73},
	"Ethiopia":       {iso: "ETH", capital: "Addis Ababa", lat: 9.04, lon: 38.70},
	"Fiji":           {iso: "FJI", capital: "Suva", lat: -18.13, lon: 178.44},
	"Finland":        {iso: "FIN", capital: "Helsinki", lat: 60.16, lon: 24.93},
	"France":         {iso: "FRA", capital: "Paris", lat: 48.86, lon: 2.35},
	"Gabon":          {iso: "GAB", capital: "Libreville", lat: 0.39, lon: 9.46},
	"Gambia":         {iso: "GMB", capital: "Banjul", lat: 13.45, lon: -16.59},
	"Germany":        {iso: "DEU", capital: "Berlin", lat: 52.52, lon: 13.40},
	"Ghana":          {iso: "GHA", capital: "Accra", lat: 5.55, lon: -0.22},
	"Greece":         {iso: "GRC", capital: "Athens", lat: 37.98, lon: 23.73},
	"Guatemala":      {iso: "GTM", capital: "Guatemala City", lat: 14.62, lon: -90.53},
	"Guinea":         {iso: "GIN", capital: "Conakry", lat: 9.53, lon: -13.68},
	"Guinea-Bissau":  {iso: "GNB", capital: "Bissau", lat: 11.87, lon: -15.60},
	"Honduras":       {iso: "HND", capital: "Tegucigalpa", lat: 14.10, lon: -87.22},
	"Hungary":        {iso: "HUN", capital: "Budapest", lat: 47.50, lon: 19.08},
	"India":          {iso: "IND", capital: "New Delhi", lat: 28.60, lon: 77.20},
	"Indonesia":      {iso: "IDN", capital: "Jakarta", lat: -6.17, lon: 106.83},
	"Ireland":        {iso: "IRL", capital: "Dublin", lat: 53.35, lon: -6.26},
	"Italy":          {iso: "ITA", capital: "Rome", lat: 41.90, lon: 12.48},
	"Japan":          {iso: "JPN", capital: "Tokyo", lat: 35.69, lon: 139.75},
	"Jordan":         {iso: "JOR", capital: "Amman", lat: 31.95, lon: 35.93},
	"Kenya":          {iso: "KEN", capital: "Nairobi", lat: -1.28, lon: 36.81},
	"Korea (ROK)":    {iso: "KOR", name: "South Korea", capital: "Seoul", lat: 37.57, lon: 127.00},
	"Liberia":        {iso: "LBR", capital: "Monrovia", lat: 6.32, lon: -10.80},
	"Malawi":         {iso: "MWI", capital: "Lilongwe", lat: -13.98, lon: 33.78},
	"Malaysia":       {iso: "MYS", capital: "Kuala Lumpur", lat: 3.14, lon: 101.69},
	"Mali":           {iso: "MLI", capital: "Bamako", lat: 12.65, lon: -8.00},
	"Mauritania":     {iso: "MRT", capital: "Nouakchott", lat: 18.09, lon: -15.97},
	"Mongolia":       {iso: "MNG", capital: "Ulaanbaatar", lat: 47.92, lon: 106.92},
	"Morocco":        {iso: "MAR", capital: "Rabat", lat: 34.02, lon: -6.84},
	"Mozambique":     {iso: "MOZ", capital: "Maputo", lat: -25.95, lon: 32.59},
	"Namibia":        {iso: "NAM", capital: "Windhoek", lat: -22.57, lon: 17.08},
	"Nepal":          {iso: "NPL", capital: "Kathmandu", lat: 27.72, lon: 85.31},
	"Netherlands":    {iso: "NLD", capital: "Amsterdam", lat: 52.35, lon: 4.92},
	"New Zealand":    {iso: "NZL", capital: "Wellington", lat: -41.29, lon: 174.78},
	"Niger":          {iso: "NER", capital: "Niamey", lat: 13.52, lon: 2.12},
	"Nigeria":        {iso: "NGA", capital: "Abuja", lat: 9.05, lon: 7.49},
	"Norway":         {iso: "NOR", capital: "Oslo", lat: 59.92, lon: 10.75},
	"Pakistan":       {iso: "PAK", capital: "Islamabad", lat: 33.69, lon: 73.08},
	"Paraguay":       {iso: "PRY", capital: "Asuncion", lat: -25.29, lon: -57.63},
	"Peru":           {iso: "PER", capital: "Lima", lat: -12.05, lon: -77.05},
	"Philippines":    {iso: "PHL", capital: "Manila", lat: 14.61, lon: 120.98},
	"Poland":         {iso: "POL", capital: "Warsaw", lat: 52.23, lon: 21.00},
	"Portugal":       {iso: "PRT", capital: "Lisbon", lat: 38.73, lon: -9.15},
	"Qatar":          {iso: "QAT", capital: "Doha", lat: 25.29, lon: 51.53},
	"Romania":        {iso: "ROU", capital: "Bucharest", lat: 44.44, lon: 26.10},
	"Russia":         {iso: "RUS", capital: "Moscow", lat: 55.75, lon: 37.61},
	"Rwanda":         {iso: "RWA", capital: "Kigali", lat: -1.95, lon: 30.06},
	"Senegal":        {iso: "SEN", capital: "Dakar", lat: 14.72, lon: -17.48},
	"Serbia":         {iso: "SRB", capital: "Belgrade", lat: 44.82, lon: 20.47},
	"Sierra Leone":   {iso: "SLE", capital: "Freetown", lat: 8.47, lon: -13.24},
	"Singapore":      {iso: "SGP", capital: "Singapore", lat: 1.29, lon: 103.85},
	"Slovakia":       {iso: "SVK", capital: "Bratislava", lat: 48.15, lon: 17.12},
	"Slovenia":       {iso: "SVN", capital: "Ljubljana", lat: 46.05, lon: 14.52},
	"South Africa":   {iso: "ZAF", capital: "Pretoria", lat: -25.70, lon: 28.23},
	"Spain":          {iso: "ESP", capital: "Madrid", lat: 40.40, lon: -3.69},
	"Sri Lanka":      {iso: "LKA", capital: "Colombo", lat: 6.93, lon: 79.86},
	"Suriname":       {iso: "SUR", capital: "Paramaribo", lat: 5.83, lon: -55.17},
	"Sweden":         {iso: "SWE", capital: "Stockholm", lat: 59.32, lon: 18.07},
	"Tanzania":       {iso: "TZA", capital: "Dodoma", lat: -6.18, lon: 35.75},
	"Thailand":       {iso: "THA", capital: "Bangkok", lat: 13.75, lon: 100.52},
	"Togo":           {iso: "TGO", capital: "Lome", lat: 6.13, lon: 1.22},
	"Tunisia":        {iso: "TUN", capital: "Tunis", lat: 36.80, lon: 10.18},
	"Turkey":         {iso: "TUR", capital: "Ankara", lat: 39.93, lon: 32.86},
	"UK":             {iso: "GBR", name: "United Kingdom", capital: "London", lat: 51.50, lon: -0.12},
	"USA":            {iso: "USA", name: "United States", capital: "Washington", lat: 38.90, lon: -77.01},
	"Ukraine":        {iso: "UKR", capital: "Kyiv", lat: 50.44, lon: 30.52},
	"Uruguay":        {iso: "URY", capital: "Montevideo", lat: -34.91, lon: -56.19},
	"Us":             {iso: "USA", name: "United States", capital: "Washington", lat: 38.90, lon: -77.01},
	"Zambia":         {iso: "ZMB", capital: "Lusaka", lat: -15.41, lon: 28.28},
	"Zimbabwe":       {iso: "ZWE", capital: "Harare", lat: -17.82, lon: 31.04},
}

// noState are the names that the data gives to troops of no one state.
var noState = []string{"CARICOM", "Multinational", "TCC name unknown"}

// nearestCountry is the country that a misspelt name most likely means.
func nearestCountry(name string) string {
	return scenario.Nearest(name, slices.Sorted(maps.Keys(countries)))
}
